package api

import (
	"net/http"
	"strconv"
	"strings"
)

// TakesGzip tells whether who asks takes an answer compressed by gzip (RFC 9110,
// 12.5.3): named with no weight, or one above 0. What only a wildcard allows is sent
// as it is.
func TakesGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, parameter, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}
		key, value, weighed := strings.Cut(parameter, "=")
		if !weighed || !strings.EqualFold(strings.TrimSpace(key), "q") {
			return true
		}
		weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return err == nil && weight > 0
	}
	return false
}
