// Package familyview turns a family's state into the messages in which a reviewer
// sees it: index with reasons, findings, conflicts, and what differs from the
// state judged last. Server and SDK show the same, so that one desk of pages
// works on both. It is pure; names of authors come in.
package familyview
