package story

import (
	"os"
	"path/filepath"
	"testing"
)

// settings are what a script must know.
type settings struct {
	Base      string `json:"base"`
	Password  string `json:"password"`
	Puskesmas string `json:"puskesmas"`
	// Pictures is the folder for screenshots; "" none.
	Pictures string `json:"pictures"`
	// Looks are widths and colour schemes, in which everything is played.
	Looks []look `json:"looks"`
}

type look struct {
	Width  int    `json:"width"`
	Scheme string `json:"scheme"`
}

// playAll is set by `make story`.
const playAll = "KS_STORY_ALL"

func (w *world) settings(t *testing.T) settings {
	t.Helper()
	s := settings{Base: "https://" + w.field.Address, Password: w.field.Password, Puskesmas: "P3204050101", Looks: []look{{360, "light"}}}
	if os.Getenv(playAll) != "" {
		pictures, err := filepath.Abs(filepath.Join(root, "out", "story"))
		if err != nil {
			t.Fatal(err)
		}
		s.Pictures = pictures
		s.Looks = []look{{360, "light"}, {360, "dark"}, {1280, "light"}, {1280, "dark"}}
	}
	return s
}

func TestEveryPageOpensCleanForEveryRole(t *testing.T) {
	t.Parallel()
	install(t)
	w := newWorld(t, 2)
	play(t, "pages", w.settings(t), w.deeds())
}

// Not parallel: it measures time.
func TestPagesAreQuickOnASlowLine(t *testing.T) {
	install(t)
	w := newWorld(t, 0)
	play(t, "slow_line", w.settings(t), w.deeds())
}
