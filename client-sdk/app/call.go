package app

import (
	"fmt"

	"google.golang.org/grpc/codes"
)

// NoCall is the status of a name by which there is no call, for what takes calls of apps with
// screens of their own.
func NoCall(name string) error {
	return withDetails(codes.Unimplemented, "NO_SUCH_METHOD", fmt.Sprintf("aplikasi ini meminta tindakan yang tidak ada (%s); yang sudah tersimpan tetap aman. Perbarui aplikasi, atau laporkan kepada pembuatnya", name))
}

// NoRequest is the status of bytes that are not the request of a call.
func NoRequest(name string) error {
	return withDetails(codes.InvalidArgument, "BAD_REQUEST", fmt.Sprintf("aplikasi ini menyusun permintaan dengan keliru (%s), jadi permintaan ini tidak dijalankan; yang sudah tersimpan tetap aman. Perbarui aplikasi, atau laporkan kepada pembuatnya", name))
}
