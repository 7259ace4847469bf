// Package columns packs the pages of the sync protocol before they are
// compressed. A page holds many records that are much alike, but each of their
// fields stands apart from its like in the next record; here like stands beside
// like, and what a reader can tell by itself is left out:
//
//   - the tags of a message are its shape; shapes and words seen before are named
//     by number;
//   - ids of one device are told as the step from the last id;
//   - NIK and NKK are told as district, date and serial; the birth date and sex
//     that a NIK holds are not said twice;
//   - lengths follow from what they contain.
//
// Columns of small numbers are coded by FSE, the entropy coder of zstd; texts
// are left to the compressor behind. Whatever is packed comes back byte by byte:
// what is not in the minimal wire form goes through as it is.
//
// The form is frozen under COMPRESSION_PACKED_ZSTD: schema, kinds and column
// order are part of it. Another form is another Compression.
package columns
