// A picture is of a machine of one's own, whatever this one is: the marks of a container are not there.
const fs = require('node:fs');
const { existsSync } = fs;
fs.existsSync = (path) => !['/.dockerenv', '/run/.containerenv'].includes(path) && existsSync(path);
