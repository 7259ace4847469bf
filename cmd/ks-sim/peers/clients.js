// The clients of a measured CouchDB server: PouchDBs with LevelDB files, in one
// process. It reads commands from standard input, a line of JSON each, and
// answers each with a line: {"docs": n} or {"error": text}.
//
//   node clients.js FOLDER BATCH
//   {"do": "load", "client": 3, "file": "families.jsonl"}   put documents into a client, still offline
//   {"do": "push", "clients": [3, 4], "url": "http://…"}     replicate all that they have, at once
//   {"do": "pull", "client": 9, "url": "http://…"}           replicate everything into a client
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const readline = require('node:readline')
const PouchDB = require('pouchdb')

const [folder, batch] = [process.argv[2], Number(process.argv[3])]
const databases = new Map()
const unsent = new Map()

function client(number) {
  if (!databases.has(number)) databases.set(number, new PouchDB(path.join(folder, `client-${number}`)))
  return databases.get(number)
}

async function load({ client: number, file }) {
  const documents = fs.readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line))
  for (const saved of await client(number).bulkDocs(documents)) {
    if (saved.error) throw new Error(`save ${saved.id}: ${saved.message}`)
  }
  unsent.set(number, (unsent.get(number) ?? 0) + documents.length)
  return documents.length
}

async function push({ clients, url }) {
  const sent = await Promise.all(clients.map(async (number) => {
    const result = await client(number).replicate.to(url, { batch_size: batch })
    if (!result.ok || result.doc_write_failures > 0 || result.docs_written !== unsent.get(number)) {
      throw new Error(`client ${number} wrote ${result.docs_written} of ${unsent.get(number)} documents`)
    }
    unsent.set(number, 0)
    return result.docs_written
  }))
  return sent.reduce((sum, n) => sum + n, 0)
}

async function pull({ client: number, url }) {
  await client(number).replicate.from(url, { batch_size: batch })
  return (await client(number).info()).doc_count
}

const commands = { load, push, pull }

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    let answer
    try {
      answer = { docs: await commands[command.do](command) }
    } catch (err) {
      answer = { error: String(err.stack ?? err.message ?? err) }
    }
    process.stdout.write(JSON.stringify(answer) + '\n')
  }
  process.exit(0)
}

main()
