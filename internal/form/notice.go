package form

// NoticeVersion names the notice below; a round keeps the version that was read
// aloud (Round.notice_version).
const NoticeVersion = "2024.1"

// Notice is read aloud before the first question: purpose, who sees the answers,
// rights, contact (DOMAIN.md section 1; UU 27/2022). One paragraph a string.
func Notice() []string {
	return []string{
		"Selamat pagi/siang/sore. Saya Pembina Keluarga dari Puskesmas. Kami mendata kesehatan setiap keluarga agar Puskesmas dapat membantu keluarga yang membutuhkan.",
		"Jawaban Bapak/Ibu menjadi bagian dari rekam medis keluarga. Jawaban hanya dilihat oleh petugas Puskesmas yang berwenang; dinas kesehatan dan kementerian hanya menerima angka gabungan tanpa nama.",
		"Bapak/Ibu boleh menolak, boleh tidak menjawab pertanyaan tertentu, dan kelak boleh meminta melihat, memperbaiki, atau menghapus datanya di Puskesmas.",
		"Bila ada pertanyaan, silakan hubungi Puskesmas. Apakah Bapak/Ibu bersedia diwawancarai?",
	}
}
