import { fork } from 'node:child_process';

/** A portal that says yes to everybody, in a process of its own. */
export async function yesSayer() {
  const child = fork(new URL('portal-server.mjs', import.meta.url), { stdio: 'inherit' });
  const port = await new Promise((resolve) => child.once('message', resolve));
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}
