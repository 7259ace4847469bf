// LevelDB for `pouchdb-server --level-backend`: the version that pouchdb-server
// takes by default, but every write is synced to disk before it is answered.
'use strict'

const adapter = require.resolve('pouchdb-adapter-leveldb')
const leveldown = require(require.resolve('leveldown', { paths: [adapter] }))

const writes = ['_put', '_del', '_batch']

module.exports = function syncedLevel(location) {
  const db = leveldown(location)
  for (const name of writes) {
    const write = db[name].bind(db)
    db[name] = (...args) => {
      args[args.length - 2] = { ...args[args.length - 2], sync: true } // the options stand before the callback
      return write(...args)
    }
  }
  return db
}
