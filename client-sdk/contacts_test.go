package clientsdk

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWhatAPowerCutLeftOfTheContactsGoes(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Date(2030, 5, 17, 8, 0, 0, 0, time.UTC)
	path := filepath.Join(dir, supportFile)
	left, before := path+".new-1", time.Now().Add(-time.Hour)
	if err := errors.Join(os.WriteFile(left, nil, 0o600), os.Chtimes(left, before, before)); err != nil {
		t.Fatal(err)
	}
	c := &Client{config: Config{Dir: dir, Now: func() time.Time { return now }}}
	c.keepContacts(path, []byte("x"))
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 || files[0].Name() != supportFile {
		t.Errorf("there are %v, %v", files, err)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != 1 || !info.ModTime().Equal(now) {
		t.Errorf("%v, %v: the device's clock says when they came", info, err)
	}
}
