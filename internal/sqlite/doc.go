// Package sqlite opens SQLite databases the one way that this product may use
// them: the bundled library of mattn/go-sqlite3, WAL, synchronous=FULL, all of
// it read back and asserted, because a pragma that silently did not take is
// how acknowledged work gets lost.
//
// OpenDevice gives one connection in exclusive locking mode, held by one
// process at a time; OpenServer gives one writer, whose transactions begin
// IMMEDIATE, beside a small pool of readers. Migrate applies embedded goose
// migrations, forward only.
package sqlite
