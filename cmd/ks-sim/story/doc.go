// Package story plays what people do with the product, in a real browser
// against a real server with real devices: the scripts in server/web/story act
// in Chromium and ask this package for what happens on devices meanwhile.
//
// `make story` plays everything at phone and desktop width, light and dark, and
// leaves pictures in out/story; `go test` plays it once at one width.
package story
