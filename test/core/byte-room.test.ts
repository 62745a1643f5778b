import { expect, it } from 'vitest';
import { ByteRoom } from '../../core/byte-room.ts';

/** What has happened when all that can go on has gone on. */
const settled = async () => {
  for (let turn = 0; turn < 20; turn += 1) await undefined;
};

it('lets in what has room, and the rest when others have left', async () => {
  const room = new ByteRoom(100);
  const entered: string[] = [];
  const enter = async (name: string, bytes: number) => {
    const leave = await room.take(bytes);
    entered.push(name);
    return leave;
  };
  const first = await enter('60', 60);
  const second = await enter('40', 40);
  const third = enter('50', 50);
  await enter('none', 0);
  await settled();
  expect(entered).toEqual(['60', '40', 'none']);
  second();
  second();
  await settled();
  expect(entered).toHaveLength(3);
  first();
  await third;
  expect(entered).toEqual(['60', '40', 'none', '50']);
});

it('lets in more than it has room for when nothing else is there', async () => {
  const room = new ByteRoom(100);
  const leave = await room.take(500);
  let isIn = false;
  const next = room.take(1).then(() => {
    isIn = true;
  });
  await settled();
  expect(isIn).toBe(false);
  leave();
  await next;
  expect(isIn).toBe(true);
});
