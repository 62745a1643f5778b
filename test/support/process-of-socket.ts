import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Socket } from 'node:net';

/** Which of the processes is at the other end of a loopback connection; undefined if none is. */
export function processOfSocket(socket: Socket, pids: readonly number[]): number | undefined {
  const inode = inodeOf(socket.remotePort ?? 0, socket.localPort ?? 0);
  return pids.find((pid) => socketsOf(pid).includes(`socket:[${inode}]`));
}

/** The kernel's number of a connection from one port of this machine to another. */
function inodeOf(fromPort: number, toPort: number): string | undefined {
  const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');
  const lines = ['tcp', 'tcp6'].flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n'));
  const found = lines
    .map((line) => line.trim().split(/\s+/))
    .find(([, from = '', to = '']) => from.endsWith(`:${hex(fromPort)}`) && to.endsWith(`:${hex(toPort)}`));
  return found?.[9];
}

function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}
