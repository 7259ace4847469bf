package field

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"testing"
)

func restClient(t *testing.T, f *Field) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(f.CertPEM)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}

func rest(t *testing.T, f *Field, method, token, path, body string) (int, []byte) {
	t.Helper()
	authorization := ""
	if token != "" {
		authorization = "Bearer " + token
	}
	got := takeFile(t, f, method, authorization, path, body)
	return got.status, got.data
}

func restToken(t *testing.T, f *Field, user string) string {
	t.Helper()
	status, data := rest(t, f, "POST", "", "/v1/auth:signIn", `{"userName":"`+user+`","password":"`+f.Password+`"}`)
	var out struct{ AccessToken string }
	if status != 200 || json.Unmarshal(data, &out) != nil || out.AccessToken == "" {
		t.Fatalf("sign in: %d %s", status, data)
	}
	return out.AccessToken
}

func restGet(t *testing.T, f *Field, token, path string, into any) {
	t.Helper()
	status, data := rest(t, f, "GET", token, path, "")
	if status != 200 {
		t.Fatalf("GET %s: %d %s", path, status, data)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatalf("GET %s: %v in %s", path, err, data)
	}
}

func restPost(t *testing.T, f *Field, token, path, body string) {
	t.Helper()
	if status, data := rest(t, f, "POST", token, path, body); status != 200 {
		t.Fatalf("POST %s: %d %s", path, status, data)
	}
}
