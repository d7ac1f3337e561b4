const {spawnSync} = require('child_process');
const {STANDIN_PYTHON, STANDIN_PROGRAM} = process.env;
const done = spawnSync(STANDIN_PYTHON, ['-I', '-S', STANDIN_PROGRAM, 'attest', __dirname], {stdio: 'inherit'});
process.exit(done.status ?? 1);
