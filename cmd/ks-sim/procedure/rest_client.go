package procedure

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// site is a set-up server as a process, and a REST client.
type site struct {
	*walk
	address  string
	server   *exec.Cmd
	client   *http.Client
	certPEM  []byte
	password string // of pusdatin
}

// data is a message as JSON.
type data = map[string]any

var initPassword = regexp.MustCompile(`first account\s+pusdatin, password (\S+)`)

// startTimeout bounds how long a server may take to answer.
const startTimeout = 20 * time.Second

// open sets a server up with the example's master data, and starts it.
func open(ctx context.Context, o Options) (*site, error) {
	w, err := begin(o)
	if err != nil {
		return nil, err
	}
	s := &site{walk: w}
	if s.address, err = freeAddress(); err == nil {
		err = s.setUp(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *site) setUp(ctx context.Context) error {
	out, err := s.program(ctx, "init", "--host", "127.0.0.1")
	if err != nil {
		return err
	}
	found := initPassword.FindSubmatch(out)
	if found == nil {
		return fmt.Errorf("init does not tell the first password: %s", out)
	}
	s.password = string(found[1])
	at := func(name string) string { return filepath.Join(s.Root, example, name) }
	for _, args := range [][]string{{"import", "areas", at("areas.csv")}, {"import", "puskesmas", at("puskesmas.csv")}, {"import", "rt", at("rt.csv")}} {
		if _, err := s.program(ctx, args...); err != nil {
			return err
		}
	}
	if s.certPEM, err = os.ReadFile(filepath.Join(s.dir, "data", "server.pem")); err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(s.certPEM)
	s.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}, Timeout: time.Minute}
	s.server = exec.CommandContext(context.WithoutCancel(ctx), filepath.Join(s.Programs, "ks-server"), "serve", "--listen", s.address)
	s.server.Env, s.server.Stderr = s.environment("KS_DIR="+filepath.Join(s.dir, "data")), io.Discard
	if err := s.server.Start(); err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	for deadline := time.Now().Add(startTimeout); ; {
		if _, _, err := s.send(ctx, "GET", "/healthz", "", nil); err == nil {
			return nil
		} else if time.Now().After(deadline) {
			return fmt.Errorf("the server does not answer: %w", err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// program runs ks-server on the site's folder.
func (s *site) program(ctx context.Context, args ...string) ([]byte, error) {
	c := exec.CommandContext(ctx, filepath.Join(s.Programs, "ks-server"), args...)
	c.Env = s.environment("KS_DIR=" + filepath.Join(s.dir, "data"))
	out, err := c.CombinedOutput()
	if err != nil {
		return out, fmt.Errorf("ks-server %s: %w: %s", args[0], err, out)
	}
	return out, nil
}

func (s *site) close() error {
	var err error
	if s.server != nil && s.server.Process != nil {
		err = s.server.Process.Signal(syscall.SIGTERM)
		err = errors.Join(err, s.server.Wait())
	}
	if s.client != nil {
		s.client.CloseIdleConnections()
	}
	return errors.Join(err, s.end())
}

// send makes one request.
func (s *site) send(ctx context.Context, method, path, token string, body any) (int, []byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	if body == nil {
		text = nil
	}
	r, err := http.NewRequestWithContext(ctx, method, "https://"+s.address+path, bytes.NewReader(text))
	if err != nil {
		return 0, nil, err
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	out, err := io.ReadAll(io.LimitReader(answer.Body, 16<<20))
	return answer.StatusCode, out, err
}

// call makes a request that must succeed, and reads the answer into a value; nil:
// it is not read.
func (s *site) call(ctx context.Context, token, method, path string, body, into any) error {
	status, out, err := s.send(ctx, method, path, token, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s %s: status %d: %s", method, path, status, out)
	}
	fmt.Fprintf(s.Out, "  %s %s\n", method, path)
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("%s %s: %w in %s", method, path, err, out)
	}
	return nil
}

// refused makes a request that must fail with a reason, and gives the answer.
func (s *site) refused(ctx context.Context, token, method, path, reason string, body any) ([]byte, error) {
	status, out, err := s.send(ctx, method, path, token, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if status == http.StatusOK || !bytes.Contains(out, []byte(`"`+reason+`"`)) {
		return out, fmt.Errorf("%s %s: status %d, want reason %s: %s", method, path, status, reason, out)
	}
	fmt.Fprintf(s.Out, "  %s %s is refused: %s\n", method, path, reason)
	return out, nil
}

// signIn gives a token.
func (s *site) signIn(ctx context.Context, user, password string) (string, error) {
	var grant struct{ AccessToken string }
	err := s.call(ctx, "", "POST", "/v1/auth:signIn", data{"userName": user, "password": password}, &grant)
	return grant.AccessToken, err
}
