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
	// maxStrings and maxStringBytes bound the shared strings, which are held: 64
	// and 256 MiB. A full sheet of RAW has about 5 million of 20 bytes.
	maxStrings     = 8 << 20
	maxStringBytes = 256 << 20
	// maxFrameBytes bounds the parts that bind the sheets together, and maxSheets
	// what they name.
	maxFrameBytes = 4 << 20
	maxSheets     = 1000
	// maxParts and maxDirectoryBytes bound the zip's directory.
	maxParts          = 10_000
	maxDirectoryBytes = 2 << 20
	// A part above freeBytes may unpack to maxRatio times its size; sheets of
	// spreadsheets unpack to 10 to 30 times.
	maxRatio  = 100
	freeBytes = 16 << 20
)
