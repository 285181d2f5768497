import { execFileSync } from 'node:child_process';

/** Tests of the command line run the built package; building again what has not changed takes a moment. */
export default function buildPackage() {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
}
