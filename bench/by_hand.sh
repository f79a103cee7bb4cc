#!/bin/sh
# A release by hand, as it was done before: 28 commands, from the checks to the tag. Usage: by_hand.sh [prove|pack]
# Run it in a fresh clone with the environment of requirements/. Without an argument all 28 run; `prove` stops after the
# first 12 (the evidence), `pack` begins with the 13th. It shows what there is to type and how long it takes, and it is no
# advice: exit codes are lost, logs are UTF-8 by luck, and the last check cannot fail.
part="${1:-all}"
V=0.1.1
P=proofs
if [ "$part" != pack ]; then
mkdir -p $P                                                                       # 1
git rev-parse HEAD > $P/commit.txt                                                # 2
ruff check . > $P/lint.txt 2>&1                                                   # 3
ruff format --check . > $P/format.txt 2>&1                                        # 4
mypy > $P/types.txt 2>&1                                                          # 5
python -m pytest -q -m "not acceptance and not long" > $P/unit.txt 2>&1           # 6
python purelaka/manage.py check > $P/check.txt 2>&1                               # 7
python purelaka/manage.py makemigrations --check --dry-run > $P/migrations.txt 2>&1  # 8
python purelaka/manage.py test purelaka > $P/test.txt 2>&1                        # 9
python purelaka/manage.py migrate > $P/migrate.txt 2>&1                           # 10
python purelaka/manage.py run_checks --fail-on-issues > $P/run_checks.txt 2>&1    # 11
pip-audit -r requirements/store.txt > $P/audit.txt 2>&1                           # 12
fi
[ "$part" = prove ] && exit 0
mkdir -p $P release                                                               # 13
git status --porcelain > $P/status.txt                                            # 14
git log -1 > $P/log.txt                                                           # 15
sha256sum $P/*.txt > $P/SHA256SUMS                                                # 16
TZ=UTC git archive --format=zip -6 -o release/clean_share.zip HEAD                # 17
unzip -tqq release/clean_share.zip                                                # 18
unzip -l release/clean_share.zip > $P/listing.txt                                 # 19
grep -E '\.env$|sqlite3$|\.venv/' $P/listing.txt                                  # 20
kingfisher scan --no-validate --no-update-check -q --redact . > $P/secrets.txt 2>&1  # 21
python -m zipfile -c release/proofs.zip $P                                        # 22
sha256sum release/clean_share.zip > release/clean_share.zip.sha256                # 23
ssh-keygen -q -Y sign -f "$KEY" -n file release/clean_share.zip                   # 24
git -c gpg.format=ssh -c user.signingkey="$KEY" tag -s -m "Release $V" "v$V-by-hand"  # 25
git -c gpg.ssh.allowedSignersFile="$SIGNERS" verify-tag "v$V-by-hand"             # 26
(cd release && sha256sum -c clean_share.zip.sha256)                               # 27
ls -l release                                                                     # 28
