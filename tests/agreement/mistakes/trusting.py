"""Mistakes in what is trusted: permissions, secrets, pins, caches, events; and in what callers and readers see."""

from agreement.checks.files import CI, DEPLOY, IDENTITY, IMAGE, NOX, PYTHON, SCAN, SETUP
from agreement.mistakes.mistake import Mutation, job, mistakes

CI_ONLY, MONOREPO, PIPELINE, PUBLISH, SCANNED = (
    f"docs/examples/{name}.yml" for name in ("ci", "monorepo", "pipeline", "publish", "scan")
)
READS = "contents: read # to check out"
GRANT = f"    permissions:\n      {READS}\n"
KEEP = "          persist-credentials: false\n"
USES_NOX = "      - uses: $/actions/nox\n"
HASH, VERSION = "3d3c42e5aac5ba805825da76410c181273ba90b1", " # v7.0.1"
ASKED = "          TWINRAIL_GITHUB_TOKEN: ${{ github.token }} # to ask when the last scan was\n"

RIGHTS: tuple[Mutation, ...] = (
    *mistakes(PYTHON, job("verify"),
              ("a scope that nobody needs", READS, "contents: write # to check out", "permissions"),
              ("a scope without its reason", READS, "contents: read", "reasons"),
              ("a secret for code under test", "        id: nox\n",
               '        id: nox\n        env: {T: "${{ secrets.deploy-token }}"}\n', "secrets_reach"),
              ("credentials for code under test", KEEP, KEEP.replace("false", "true"), "checkout")),
    *mistakes(PYTHON, job("build"),
              ("a version without its tag", "          fetch-depth: 0 # a version may come from a tag\n", "",
               "checkout")),
    *mistakes(PYTHON, job("accept"),
              ("more than a caller has", READS, f"{READS}\n      id-token: write # to sign", "promise")),
    *mistakes(PYTHON, job("staging"),
              ("a secret in another variable", "TWINRAIL_DEPLOY_TOKEN:", "DEPLOY_TOKEN:", "secrets_reach"),
              ("a secret among the words", "sessions: staging", "sessions: staging ${{ secrets.deploy-token }}",
               "secrets_nowhere_else")),
    *mistakes(PYTHON, job("approval"),
              ("a scope for a question", "permissions: {}", "permissions: {contents: read}", "permissions"),
              ("an environment that need not say so", "${{ vars.TWINRAIL_PROTECTED }}", "yes", "secrets_reach")),
    *mistakes(PYTHON, job("production"),
              ("a secret left out", "          TWINRAIL_REGISTRY_USER: ${{ secrets.registry-user }}\n", "",
               "secrets_reach"),
              ("credentials at a deploy", KEEP, "          fetch-depth: 1\n", "checkout")),
    *mistakes(PYTHON, "    secrets:\n",
              ("a secret that all must have", "required: false", "required: true", "secrets_declared"),
              ("a secret of another name", "registry-user:\n", "registry_user:\n", "secrets_declared")),
    *mistakes(DEPLOY, "", ("a secret of another meaning", "as TWINRAIL_DEPLOY_TOKEN.", "as TOKEN.", "secrets_same")),
    *mistakes(CI, "",
              ("secrets inherited", "    with:\n", "    secrets: inherit\n    with:\n", "secrets_declared"),
              ("a caller that grants nothing", GRANT, "    permissions: {}\n", "grants")),
    *mistakes(SCAN, "",
              ("permissions left to the repository", "\npermissions: {}\n", "\n", "permissions"),
              ("a token for every step", "    steps:\n", '    env: {T: "${{ github.token }}"}\n    steps:\n',
               "secrets_nowhere_else"),
              ("an age that is never known", ASKED, "          A: b\n", "secrets_reach")),
    *mistakes(SCANNED, "", ("an example that grants nothing", GRANT, "", "grants")),
    *mistakes(PIPELINE, "", ("an example that leaves it open", "permissions: {contents: read}\n", "", "grants")),
)  # fmt: skip

IDENTIFIED: tuple[Mutation, ...] = (
    *mistakes(IDENTITY, job("build"),
              ("a push as somebody else", "${{ secrets.registry-user }}", "admin", "identity"),
              ("an attestation of nothing", "fromJSON(steps.nox.outputs.image).digest", "github.sha", "attested")),
    *mistakes(IDENTITY, job("accept"),
              ("an identity for tests", READS, f"{READS}\n      id-token: write # to sign", "identity")),
    *mistakes(IDENTITY, job("production"),
              ("another condition", "!= 'waiting'", "!= 'failed'", "identity"),
              ("a comment of yesterday", READS, "contents: read # to look", "identity_made")),
    *mistakes(IMAGE, "", ("an hour where it is half of one", "default: 30", "default: 60", "image_as_elsewhere")),
    *mistakes(IMAGE, job("build"), ("a key for user code", "for no other\n",
               "github.token }}\n          TWINRAIL_SIGNING_KEY: ${{ secrets.signing-key }}\n", "signing")),
    *mistakes(IMAGE, job("sign"),
              ("user code beside the key", "sessions: sign", "sessions: test sign", "signing"),
              ("an attestation by who pushes", "attestations: write # to keep what was attested",
               "checks: write # to tell", "attested")),
)  # fmt: skip

CODE: tuple[Mutation, ...] = (
    *mistakes(PYTHON, job("build"),
              ("a tag for a hash", f"{HASH}{VERSION}", "v7.0.1", "pins"),
              ("a hash of no version", VERSION, "", "pins"),
              ("another digit", "@3d3c", "@3d3d", "one_pin"),
              ("someone else's checkout", "actions/checkout@", "someone/checkout@", "owners")),
    *mistakes(SETUP, "",
              ("another digit of the only pin", "@5fda", "@5fdb", "pins_known"),
              ("a version that it is not", "# v7.0.0", "# v6.0.0", "pins_known"),
              ("a cache of packages", "        python-version:", "        cache: pip\n        python-version:",
               "caches")),
    *mistakes(NOX, "",
              ("the caller's checkout", "$/actions/setup", "./actions/setup", "own_references"),
              ("an action that is not there", "$/actions/setup", "$/actions/start", "own_references")),
    *mistakes(CI, "",
              ("ourselves as of last year", "$/.github", "twinrail/twinrail/.github", "own_references"),
              ("a stranger's code with our rights", "pull_request:", "pull_request_target:", "events"),
              ("a filter of paths", "branches: [main]", "branches: [main], paths: [src]", "events"),
              ("a newcomer's project left out", "path: example-project", "path: .", "ci")),
    *mistakes(PUBLISH, "", ("an example of a branch", "python.yml@v1", "python.yml@main", "own_references")),
    *mistakes(SCANNED, "",
              ("two scans at once", "concurrency: {group: scan, cancel-in-progress: false}\n", "", "example_rights"),
              ("nothing shown of a scan that found something", "!cancelled() && ", "", "example_jobs"),
              ("another action", "codeql-action/upload-sarif", "codeql-action/analyze", "few_actions")),
    *mistakes(PYTHON, "",
              ("caches that are read", "\ncache-mode: none\n", "\ncache-mode: read\n", "caches"),
              ("a cache between runs", USES_NOX, f"      - uses: actions/cache@{HASH}{VERSION}\n{USES_NOX}", "caches")),
)  # fmt: skip

SEEN: tuple[Mutation, ...] = (
    *mistakes(CI_ONLY, "", ("an input of another name", "until: sbom", "upto: sbom", "calls")),
    *mistakes(PUBLISH, "",
              ("an output that nobody tells", "outputs.artifacts", "outputs.digests", "calls"),
              ("what an action must be given", "          artifacts: ${{ needs.twinrail.outputs.artifacts }}\n",
               "          name: x\n", "action_inputs")),
    *mistakes(MONOREPO, "",
              ("two calls of one name", "path: packages/worker", "path: other/api", "collisions"),
              ("two calls in one environment", "prefix: worker-", "prefix: api-", "collisions")),
    *mistakes(PIPELINE, "",
              ("a file without a name", "name: pipeline\n", "", "named"),
              ("a pipeline cut short", "python.yml@v1\n", "python.yml@v1\n    with: {until: e2e}\n", "examples")),
    *mistakes(PYTHON, "",
              ("a reference in quotes", "uses: $/actions/nox", "uses: '$/actions/nox'", "pins"),
              ("a key that render.py leaves", "      queue: max\n", "      queue: 'max'\n", "rendered"),
              ("a README of yesterday", "How long a job may take", "How long one job may take", "readme"),
              ("a page of yesterday", "build sbom image push sign", "sbom build image push sign", "architecture")),
)  # fmt: skip
