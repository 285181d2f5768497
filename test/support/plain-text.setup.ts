// Programs that a test starts print plain text, whoever runs the tests: where colour is forced on or a
// build server asks for it, what they print would hold escapes that the tests do not expect.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = '1';
