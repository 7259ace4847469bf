// Package registry is a stand-in for Dukcapil's web service, to develop and test
// look-ups with: a real HTTPS server with mutual TLS and credentials, which
// answers as server/dukcapil/answer.go describes, of invented persons. It can be
// slow, down, out of quota, or refuse the credentials, altogether (SetMode) or for
// numbers with certain endings (Endings). It keeps a day's quota as the real one
// does. Nothing of it is meant to be reached from outside the machine.
package registry

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/keluarga-sehat/sync/internal/prokesga"
)

// Mode is how the stand-in behaves.
type Mode string

// Modes.
const (
	// Answers what it knows.
	Answers Mode = "answers"
	// Slow answers after SlowDelay.
	Slow Mode = "slow"
	// Down is status 503.
	Down Mode = "down"
	// QuotaExceeded says that the day's quota is used up.
	QuotaExceeded Mode = "quota"
	// Refuses says that the login failed.
	Refuses Mode = "refuses"
	// Garbled answers what is no JSON.
	Garbled Mode = "garbled"
)

// Modes are all of them.
var Modes = []Mode{Answers, Slow, Down, QuotaExceeded, Refuses, Garbled}

// Endings of numbers that are treated so whatever the mode.
var Endings = map[string]Mode{"9991": Slow, "9992": Down, "9993": QuotaExceeded, "9994": Refuses}

// SlowDelay is longer than anybody at a door waits.
const SlowDelay = 20 * time.Second

// Person is a record, in the registry's own words.
type Person struct {
	NIK, NKK prokesga.NIK
	Name     string
	// Sex is "LAKI-LAKI" or "PEREMPUAN"; Birth "1995-03-13"; Relation "ANAK";
	// Marital "BELUM KAWIN".
	Sex, Birth, Relation, Marital string
}

// Credentials are what a caller must send, besides its certificate.
type Credentials struct{ Consumer, User, Password string }

// Server is a running stand-in. Make it by Start.
type Server struct {
	credentials Credentials
	quota       int
	http        *http.Server
	listener    net.Listener
	done        chan error

	mu      sync.Mutex
	mode    Mode
	asked   int
	persons []Person
}

// SetMode changes how it behaves from the next request on.
func (s *Server) SetMode(m Mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = m
}

// Asked is how many requests with good credentials it has had.
func (s *Server) Asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked
}

// Put adds records.
func (s *Server) Put(persons ...Person) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.persons = append(s.persons, persons...)
}

// Close ends it and waits.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		if err := s.http.Close(); err != nil {
			return err
		}
	}
	return <-s.done
}

// request is what callers send.
type request struct {
	NIK      string `json:"nik"`
	NKK      string `json:"nkk"`
	User     string `json:"user_id"`
	Password string `json:"password"`
}

// begin counts a request and tells how it is to be treated.
func (s *Server) begin(number string) Mode {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	for ending, mode := range Endings {
		if strings.HasSuffix(number, ending) {
			return mode
		}
	}
	if s.quota > 0 && s.asked > s.quota {
		return QuotaExceeded
	}
	return s.mode
}

// records finds what a request asks for.
func (s *Server) records(method string, r request) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []map[string]any
	for _, p := range s.persons {
		byPerson, byCard := method == "CALL_NIK" && p.NIK.Text() == r.NIK, method == "CALL_KK" && p.NKK.Text() == r.NKK
		if byPerson || byCard {
			out = append(out, map[string]any{
				"NIK": p.NIK.Text(), "NO_KK": uint64(p.NKK), "NAMA_LGKP": p.Name, "JENIS_KLMIN": p.Sex, "TGL_LHR": p.Birth, "TMPT_LHR": "BANDUNG",
				"STAT_HBKEL": p.Relation, "STATUS_KAWIN": p.Marital, "AGAMA": "ISLAM", "NAMA_LGKP_IBU": "IBU CONTOH", "ALAMAT": "KP. CONTOH",
				"NO_RT": 1, "NO_RW": 3, "KEL_NAME": "CILEUNYI KULON", "EKTP_STATUS": "SUDAH REKAM",
			})
		}
	}
	return out
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.Split(strings.TrimPrefix(r.URL.Path, "/dukcapil/get_json/"), "/")
	if r.Method != http.MethodPost || len(path) != 2 || path[0] != s.credentials.Consumer {
		http.NotFound(w, r)
		return
	}
	var asked request
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&asked); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	same := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	if !same(asked.User, s.credentials.User) || !same(asked.Password, s.credentials.Password) {
		say(w, "Login Gagal")
		return
	}
	switch s.begin(asked.NIK + asked.NKK) {
	case Slow:
		select {
		case <-time.After(SlowDelay):
		case <-r.Context().Done():
			return
		}
	case Down:
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		return
	case QuotaExceeded:
		say(w, "Kuota Akses Hari ini telah Habis")
		return
	case Refuses:
		say(w, "Login Gagal")
		return
	case Garbled:
		if _, err := w.Write([]byte("<html>sedang pemeliharaan</html>")); err != nil {
			return
		}
		return
	}
	records := s.records(path[1], asked)
	if len(records) == 0 {
		say(w, "Data Tidak Ditemukan")
		return
	}
	answer(w, records)
}

func say(w http.ResponseWriter, sentence string) {
	answer(w, []map[string]any{{"RESPON": sentence}})
}

// answer sends a page, as the real service does.
func answer(w http.ResponseWriter, content []map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	err := json.NewEncoder(w).Encode(map[string]any{
		"content": content, "lastPage": true, "firstPage": true, "number": 0, "size": len(content), "sort": nil,
		"numberOfElements": len(content), "totalElements": len(content),
	})
	if err != nil {
		return // the caller has gone
	}
}
