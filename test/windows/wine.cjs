// What Wine 8 lacks and Windows has: a socket cannot be told when to send keep-alive probes, and fails if it is.
require('node:net').Socket.prototype.setKeepAlive = function () {
  return this;
};
