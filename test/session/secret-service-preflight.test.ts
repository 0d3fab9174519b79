import { describe, expect, it } from 'vitest';
import { countReplies, methodCall } from '../../src/session/bus-message.ts';
import { socketPaths } from '../../src/session/secret-service-preflight.ts';

describe('the addresses of a session bus', () => {
  const addresses = [
    { text: 'unix:path=/run/user/1000/bus', paths: ['/run/user/1000/bus'] },
    { text: 'unix:path=/tmp/dbus-x,guid=0123', paths: ['/tmp/dbus-x'] },
    { text: 'unix:guid=0123,abstract=/tmp/dbus-x', paths: ['\0/tmp/dbus-x'] },
    { text: 'unix:path=/tmp/a%20b%3d', paths: ['/tmp/a b='] },
    { text: 'unix:path=/a=b', paths: ['/a=b'] },
    { text: 'tcp:host=localhost,port=1;unix:path=/second', paths: ['/second'] },
    { text: 'autolaunch:', paths: [] },
    { text: 'unix:path=%00/x;unix:path=%zz;unix:path=;unix:;;', paths: [] },
  ];
  for (const { text, paths } of addresses) {
    it(`in ${text}`, () => expect(socketPaths(text)).toEqual(paths));
  }
});

describe('messages on the bus', () => {
  const call = methodCall(1, { destination: 'a.b', path: '/', interface: 'c.d', member: 'E' });
  const reply = Buffer.from(call);
  reply[1] = 2;
  const error = Buffer.from(call);
  error[1] = 3;

  it('are counted when they are replies or errors, and whole', () => {
    expect(countReplies(Buffer.concat([reply, call, error]))).toBe(2);
    expect(countReplies(Buffer.concat([reply, error.subarray(0, -1)]))).toBe(1);
    expect(countReplies(reply.subarray(0, 12))).toBe(0);
  });
});
