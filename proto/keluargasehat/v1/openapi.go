// Package ksv1 is the contract between devices, servers and dashboards: what is
// generated from the .proto files beside it, and the OpenAPI description of the
// REST part.
package ksv1

import _ "embed"

// OpenAPI is the description of the REST part of the contract (OpenAPI 2.0,
// JSON), generated from the .proto files.
//
//go:embed openapi.swagger.json
var OpenAPI []byte
