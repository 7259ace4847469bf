package workbook

// Limits of a workbook, above what spreadsheets write or what a table of ours
// may hold.
const (
	// MaxRows is how many rows a sheet may have: the format's own limit.
	MaxRows = 1 << 20
	// MaxColumns bounds the cells of a row that are not empty.
	MaxColumns = 1024
	// MaxRowBytes bounds the texts of a row together. A cell holds at most
	// 32,767 characters.
	MaxRowBytes = 256 << 10

	// maxFormatColumn is the format's last column, XFD.
	maxFormatColumn = 16384
	// maxTokenBytes bounds a tag, a text or a comment, which the XML decoder
	// builds whole.
	maxTokenBytes = 256 << 10
	// maxDepth bounds how deep elements stand within each other; a sheet needs 8.
	maxDepth = 64
	// maxFrameBytes bounds the parts that bind the sheets together, and maxSheets
	// what they name.
	maxFrameBytes = 4 << 20
	maxSheets     = 1000
	// maxParts and maxDirectoryBytes bound the zip's directory; no part has more
	// relationships.
	maxParts          = 10_000
	maxDirectoryBytes = 2 << 20
	// A part above freeBytes may unpack to maxRatio times its size; sheets of
	// spreadsheets unpack to 10 to 30 times.
	maxRatio  = 100
	freeBytes = 16 << 20
)

// Bounds are those of what a workbook may hold that depend on what it is for.
type Bounds struct {
	// Strings and StringBytes bound the shared strings, which are held, at 8 bytes each
	// beside their own.
	Strings, StringBytes int
	// PartBytes is what a part may unpack to; 0: only its ratio bounds it.
	PartBytes uint64
	// Wanted, where set, is an error once nobody waits for what is read.
	Wanted func() error
}

// wantedEvery is after how many tokens reading looks whether it is still wanted.
const wantedEvery = 4096
