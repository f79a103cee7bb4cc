// Does npm's @sigstore/verify accept BUNDLE by the public key KEY? node verify.js BUNDLE KEY
const { createPublicKey } = require("crypto");
const { readFileSync } = require("fs");
const { bundleFromJSON } = require("@sigstore/bundle");
const { Verifier, toSignedEntity } = require("@sigstore/verify");

const [bundle, pem] = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const key = { publicKey: createPublicKey(pem), validFor: () => true };
const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const verifier = new Verifier(
  { ...nobody, publicKey: () => key },
  { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 },
);
verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle))));
console.log("accepted");
