// Package sqlite opens SQLite databases the one way that this product may use
// them: the library bundled with mattn/go-sqlite3, WAL, synchronous=FULL, and
// more (connect.go), all of it read back on every connection, because a pragma
// that silently did not take is how acknowledged work gets lost.
//
// OpenDevice gives one connection in exclusive locking mode, held by one
// process at a time; OpenServer gives one writer, whose transactions begin
// IMMEDIATE, beside a small pool of readers, and writes the log back beside both
// (writeBack says what may go wrong there). Neither changes a file before it
// has seen whose it is. Migrate applies embedded goose migrations, forward
// only. Check says whether SQLite itself finds the file sound, which does not
// mean that nothing is missing: the device keeps its own proof of that.
//
// Callers owe short transactions, and must not open, copy or remove the file
// by other means while it is open: closing any descriptor of it drops SQLite's
// locks.
package sqlite
