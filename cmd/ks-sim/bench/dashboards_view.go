package bench

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// view is what the viewers ask.
type view struct {
	base      string
	password  string
	roots     *x509.CertPool
	viewers   []*viewer
	questions []asked
}

// viewer is one of those who look.
type viewer struct {
	*view
	client *http.Client
	token  string
}

// asked is one kind of question, at the areas of one level.
type asked struct {
	name  string
	paths []string
}

func newView(ctx context.Context, p *process, address string) (*view, error) {
	v := &view{base: "https://" + p.Address, password: p.Password, roots: x509.NewCertPool()}
	v.roots.AppendCertsFromPEM(p.CertPEM)
	for range viewers { // one after the other, as the server asks of one user
		one, err := v.signIn(ctx)
		if err != nil {
			return nil, err
		}
		v.viewers = append(v.viewers, one)
	}
	return v, v.gather(ctx, address)
}

func (v *view) close() {
	for _, one := range v.viewers {
		one.client.CloseIdleConnections()
	}
}

// signIn begins a viewer's session.
func (v *view) signIn(ctx context.Context) (*viewer, error) {
	body, err := json.Marshal(map[string]string{"userName": nationUser, "password": v.password})
	if err != nil {
		return nil, err
	}
	one := &viewer{view: v, client: &http.Client{Timeout: time.Minute, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: v.roots, MinVersion: tls.VersionTLS13}, MaxIdleConnsPerHost: 1,
	}}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base+"/v1/auth:signIn", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := one.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	var grant struct{ AccessToken string }
	if err := json.NewDecoder(response.Body).Decode(&grant); err != nil || grant.AccessToken == "" {
		return nil, fmt.Errorf("sign in: %s (%w)", response.Status, err)
	}
	one.token = grant.AccessToken
	return one, nil
}

// gather picks the areas that are asked about.
func (v *view) gather(ctx context.Context, address string) (err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = closing(ctx, conn, err) }()
	levels := []struct{ name, query string }{
		{"nation", `SELECT '/v1/areas/id'`},
		{"province", `SELECT '/v1/areas/' || code FROM area WHERE length(code) = 2`},
		{"district", `SELECT '/v1/areas/' || code FROM area WHERE length(code) = 5 ORDER BY md5(code) LIMIT 100`},
		{"kecamatan", `SELECT '/v1/areas/' || code FROM area WHERE length(code) = 8 AND code LIKE '32.%' ORDER BY md5(code) LIMIT 100`},
		{"Puskesmas", `SELECT '/v1/puskesmas/' || code FROM puskesmas WHERE code LIKE 'P32%' ORDER BY md5(code) LIMIT 100`},
		{"village", `SELECT '/v1/areas/' || code FROM village WHERE code LIKE '32.%' ORDER BY md5(code) LIMIT 100`},
	}
	for _, level := range levels {
		rows, err := conn.Query(ctx, level.query)
		if err != nil {
			return err
		}
		bases, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, question := range []string{"index", "indexes", "trend", "change", "priorities", "progress", "progress/parts", "progress/days"} {
			q := asked{name: level.name + " " + question}
			byYear := asked{name: q.name + " of a survey year"}
			for _, base := range bases {
				q.paths = append(q.paths, base+"/"+question)
				if !strings.HasPrefix(question, "progress") {
					q.paths = append(q.paths, base+"/"+question+"?membership=MEMBERSHIP_BESAR&basis=BASIS_VERIFIED")
				}
			}
			v.questions = append(v.questions, q)
			if slices.Contains(yearQuestions, question) {
				for _, base := range bases {
					byYear.paths = append(byYear.paths, fmt.Sprintf("%s/%s?surveyYear=%d", base, question, nationYears[1]))
				}
				v.questions = append(v.questions, byYear)
			}
		}
	}
	return nil
}

// yearQuestions are asked by the rounds of one survey year, too.
var yearQuestions = []string{"index", "indexes", "trend", "change", "priorities"}

// pathsEach is how many questions there are about each area.
const pathsEach = 18

// ask asks once and gives the body.
func (v *viewer) ask(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.base+path, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	response, err := v.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", path, response.Status, body)
	}
	return body, err
}

// watch is one viewer, who asks each kind of question about as often as the others; what is
// asked in the first seconds warms up.
func (v *view) watch(ctx context.Context, n int, begin time.Time, l look) (map[string][]time.Duration, error) {
	out := map[string][]time.Duration{}
	random := rand.New(rand.NewPCG(uint64(n), 9))
	var order []int
	for time.Since(begin) < warmUpTime+l.time {
		if len(order) == 0 {
			order = random.Perm(len(v.questions))
		}
		q := v.questions[order[0]]
		order = order[1:]
		start := time.Now()
		if _, err := v.viewers[n].ask(ctx, q.paths[random.IntN(len(q.paths))]); err != nil {
			return out, err
		}
		if start.Sub(begin) > warmUpTime {
			out[q.name] = append(out[q.name], time.Since(start))
		}
		time.Sleep(l.pause/2 + time.Duration(random.Int64N(int64(l.pause)+1)))
	}
	return out, nil
}

// nationUser is the ministry's account, where the nation is measured.
const nationUser = "pusat"
