"""Mistakes in what is handed on: artifacts, outputs, inputs, the steps of the actions."""

from agreement.checks.files import DEPLOY, NOX, PUBLISH, PYTHON, SCAN
from agreement.checks.files import SETUP as SET_UP
from agreement.mistakes.mistake import Mutation, job, mistakes

TOLD = "          needs: ${{ toJSON(needs) }}\n"
MORE = '      more: {description: X., type: string, default: ""}\n'
PEOPLE = "${{ join(fromJSON(needs.verify.outputs.plan).approvals, ',') }}"
SETUP = '    - uses: $/actions/setup\n      with: {python: "${{ inputs.python }}"}\n'

OUTPUTS: tuple[Mutation, ...] = (
    *mistakes(PYTHON, job("build"),
              ("digests that nobody is told", "      artifacts: ${{ steps.nox.outputs.artifacts }}\n", "",
               "job_outputs"),
              ("an output of another name", "steps.nox.outputs.version", "steps.nox.outputs.release", "job_outputs"),
              ("an output of no step", "steps.nox.outputs.version", "steps.run.outputs.version", "step_ids")),
    *mistakes(PYTHON, job("accept"),
              ("a job that is not told of digests", TOLD, "", "artifacts"),
              ("a receipt that is not told", "receipt: ${{ steps.nox.outputs.receipt }}",
               "state: ${{ steps.nox.outputs.state }}", "job_outputs")),
    *mistakes(PYTHON, job("staging"),
              ("a wait that is not told", "      state: ${{ steps.nox.outputs.state }}\n", "", "references"),
              ("a step without its id", "        id: nox\n", "", "step_ids")),
    *mistakes(PYTHON, job("approval"), ("approvals that a leg tells", PEOPLE, "${{ matrix.environment }}", "matrices")),
    *mistakes(PYTHON, "      version:\n        description",
              ("a version of another job", "jobs.build.outputs.version", "jobs.verify.outputs.version",
               "workflow_outputs"),
              ("a state of another job", "jobs.required.outputs.state", "jobs.production.outputs.state",
               "workflow_outputs"),
              ("a receipt of the first environment", "jobs.production.outputs.receipt || ", "", "workflow_outputs")),
    *mistakes(DEPLOY, job("deploy"),
              ("a deploy that is told half", "toJSON(needs), inputs.needs", "toJSON(needs), '{}'", "artifacts")),
    *mistakes(SCAN, job("scan"),
              ("a report under no name", "nox.outputs.artifact }}", "nox.outputs.made }}", "step_ids")),
)  # fmt: skip

INPUTS: tuple[Mutation, ...] = (
    *mistakes(PYTHON, "    inputs:\n",
              ("an input of another type", "type: number", "type: string", "inputs_declared"),
              ("another default", 'default: "3.13"', 'default: "3.9"', "inputs_declared"),
              ("an input without a word", "description: The last session that is wanted.", 'description: ""',
               "inputs_declared"),
              ("an input left lying", "      until:\n", f"{MORE}      until:\n", "inputs_used")),
    *mistakes(PYTHON, job("platforms"),
              ("legs under one name", "          part: ${{ matrix.runner || 'same' }}\n", "", "inputs_handed"),
              ("a leg that stops the others", "fail-fast: false", "fail-fast: true", "matrices"),
              ("legs from nowhere", "outputs.plan).platforms", "outputs.plan).jobs", "matrices")),
    *mistakes(PYTHON, job("accept"),
              ("a path that is not handed on", "          path: ${{ inputs.path }}\n", "", "inputs_handed"),
              ("another folder", "${{ inputs.path }}", ".", "inputs_handed"),
              ("an input that no action takes", "          name:", "          nickname:", "action_inputs"),
              ("a runner of ours", "${{ fromJSON(inputs.runs-on) }}", "ubuntu-latest", "runners"),
              ("a job without an end", "    timeout-minutes: ${{ inputs.timeout-minutes }}\n", "", "runners"),
              ("an end of ours", "${{ inputs.timeout-minutes }}", "360", "runners")),
    *mistakes(DEPLOY, "",
              ("another meaning", "The project's folder, below the repository's top.", "The folder.", "inputs_same"),
              ("an environment by itself", "required: true", "default: staging", "inputs_declared")),
)  # fmt: skip

ACTIONS: tuple[Mutation, ...] = (
    *mistakes(NOX, "",
              ("another default in the action", 'default: "3.13"', 'default: "3.12"', "inputs_same"),
              ("an input that Python does not read", "  part: {", "  leg: {", "action_inputs"),
              ("an output of another step", 'artifact.", value: "${{ steps.begin', 'artifact.", value: "${{ steps.run',
               "action_outputs"),
              ("nothing fetched", "if: steps.begin.outputs.takes", "if: steps.run.outputs.takes", "action_conditions"),
              ("a record lost by a failure", "always() && ", "", "action_conditions"),
              ("an artifact of an earlier attempt", "overwrite: true", "overwrite: false", "action_steps"),
              ("a folder too many", "folder }}/out", "folder }}", "action_steps"),
              ("another program", "exec twinrail-action run", "exec nox", "action_commands"),
              ("a runner as it comes", SETUP, "", "action_steps"),
              ("a value pasted into a command", "run: exec twinrail-action begin",
               "run: exec twinrail-action begin ${{ inputs.path }}", "commands"),
              ("a command without its shell", "id: run\n      shell: bash\n", "id: run\n", "commands"),
              ("an action that grows", "\nruns:\n", "\nruns:\n" + "  # and so on\n" * 12, "action_length")),
    *mistakes(SET_UP, "", ("a Python of ours", "${{ inputs.python }}", "3.13", "setup")),
    *mistakes(PUBLISH, "",
              ("digests that nobody looks at", "digests.py", "digests.py --skip", "action_commands"),
              ("no attestations", "attestations: true", "attestations: false", "publish"),
              ("an artifact of another job", "}}-build", "}}-accept", "publish")),
)  # fmt: skip
