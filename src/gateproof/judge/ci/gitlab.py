"""What GitLab's file runs: the scripts of every job that a push starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gateproof.judge.bundle import Bundle
from gateproof.judge.ci.shell import steps_of
from gateproof.judge.ci.steps import Script, Step
from gateproof.judge.yamltext import Table, Value, YamlError, is_true, listed, read_yaml, table, text_of

GITLAB = ".gitlab-ci.yml"
_NO_JOBS = frozenset(
    {"default", "include", "stages", "variables", "workflow", "image", "services", "cache", "before_script"}
    | {"after_script", "pages", "spec"}
)
MOST_DEPTH = 8
_TRIGGERS = frozenset({"tags", "schedules", "triggers", "web", "api", "pipelines"})


def read_gitlab(bundle: Bundle) -> tuple[list[Step], list[str]]:
    """Every command of every job, and sentences about what could not be read."""
    if not bundle.has(GITLAB):
        return [], []
    notes: list[str] = []
    document = _read(bundle, GITLAB, notes, 0)
    steps: list[Step] = []
    for name, job in document.items():
        if name not in _NO_JOBS and not name.startswith(".") and isinstance(job, Table):
            steps += _job(_extended(job, document, 0), document)
    return steps, notes


def _read(bundle: Bundle, path: str, notes: list[str], depth: int) -> Table:
    text = bundle.text(path)
    try:
        document = table(read_yaml(text)) if text is not None else Table()
    except YamlError as error:
        notes.append(f"{path} is not read: {error}")
        return Table()
    if text is None:
        notes.append(f"{path} is not in the ZIP")
    merged = Table()
    for one in listed(document.get("include")):
        local = text_of(one) if isinstance(one, str) else text_of(table(one).get("local"))
        if local and "://" not in local and depth < MOST_DEPTH:
            merged.update(_read(bundle, local.lstrip("/"), notes, depth + 1))
        else:
            notes.append(f"{path} includes what is not in the ZIP")
    merged.update(document)
    return merged


def _extended(job: Table, document: Table, depth: int) -> Table:
    """A job with what it extends filled in; its own words win."""
    merged = Table()
    for name in map(text_of, listed(job.get("extends"))):
        base = document.get(name)
        if isinstance(base, Table) and depth < MOST_DEPTH:
            merged.update(_extended(base, document, depth + 1))
    merged.update(job)
    return merged


def _job(job: Table, document: Table) -> list[Step]:
    default = table(document.get("default"))
    before = job.get("before_script", default.get("before_script", document.get("before_script")))
    env = {**_variables(document.get("variables")), **_variables(job.get("variables"))}
    lines = [*_lines(before, document, 0), *_lines(job.get("script"), document, 0)]
    script = Script(
        text="\n".join(lines),
        where=GITLAB,
        line=job.lines.get("script", 1),
        env=env,
        weaknesses=tuple(_weaknesses(job, document)),
        errexit=True,
        pipefail=True,
        via=(GITLAB,),
        is_one_line_each=True,
    )
    return steps_of(script) if lines else []


def _lines(value: Value, document: Table, depth: int) -> Iterator[str]:
    for one in listed(value):
        if isinstance(one, str):
            yield one
        elif isinstance(one, list) and depth < MOST_DEPTH:
            # `!reference [.job, script]` reaches us as a list of names.
            target: Value = document
            for name in map(text_of, one):
                target = target.get(name) if isinstance(target, Table) else None
            yield from _lines(target if target is not None else one, document, depth + 1)


def _variables(value: Value) -> Mapping[str, str]:
    return {
        name: text_of(one if isinstance(one, str) else table(one).get("value"))
        for name, one in table(value).items()
    }


def _weaknesses(job: Table, document: Table) -> Iterator[str]:
    allowed = job.get("allow_failure")
    if is_true(allowed) or isinstance(allowed, Table):
        yield "its job says allow_failure"
    when = text_of(job.get("when"))
    if when in ("manual", "never", "delayed", "on_failure"):
        yield f"its job runs only when: {when}"
    for rules, whose in (
        (job.get("rules"), "its job"),
        (table(document.get("workflow")).get("rules"), "its pipeline"),
    ):
        listed_rules = [table(rule) for rule in listed(rules)]
        if listed_rules and not any(_runs_on_a_push(rule) for rule in listed_rules):
            yield f"no rule of {whose} lets it run on a push"
        elif any(is_true(rule.get("allow_failure")) for rule in listed_rules):
            yield "a rule of its job says allow_failure"
    only = job.get("only")
    names = [text_of(one) for one in listed(only.get("refs") if isinstance(only, Table) else only)]
    if names and set(names) <= _TRIGGERS:
        yield f"its job runs only on {', '.join(names)}"
    excepted = job.get("except")
    refs = [text_of(one) for one in listed(excepted.get("refs") if isinstance(excepted, Table) else excepted)]
    if {"branches", "pushes"} & set(refs):
        yield f"its job never runs on {', '.join(refs)}"


def _runs_on_a_push(rule: Table) -> bool:
    if text_of(rule.get("when")) in ("never", "manual"):
        return False
    condition = text_of(rule.get("if"))
    if not condition:
        return True
    sources = (
        "merge_request",
        "push",
        "$CI_COMMIT_BRANCH",
        "$CI_DEFAULT_BRANCH",
        "$CI_MERGE_REQUEST",
        "branch",
    )
    is_other = any(word in condition for word in ('"schedule"', "'schedule'", '"web"', '"trigger"'))
    return any(word in condition for word in sources) and not is_other
