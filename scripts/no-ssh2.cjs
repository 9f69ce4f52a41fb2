// Stands in for ssh2 in the bundle of real engines: connections over SSH are made by the user's own ssh program.
exports.Client = class Client {
  constructor() {
    throw new Error('ssh2 is not part of this build');
  }
};
