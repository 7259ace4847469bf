export const help = {
  title: "Bantuan dan kontak",
  intro: "Jawaban untuk pertanyaan yang paling sering, dan siapa yang dapat dihubungi.",
  questions: [
    {
      ask: "Saya lupa kata sandi.",
      answer: "Minta kode sekali pakai yang baru kepada administrator Puskesmas (atau dinas kesehatan Anda), lalu pilih “Aktifkan akun” di halaman masuk.",
    },
    {
      ask: "Saya mendapat kartu dengan kode sekali pakai.",
      answer: "Pilih “Aktifkan akun” di halaman masuk, isi nama pengguna, kode, dan NIK Anda, lalu buat kata sandi sendiri.",
    },
    {
      ask: "Akun saya dinonaktifkan atau perangkat saya dicabut.",
      answer: "Data yang belum terkirim tetap aman di perangkat dan dapat diserahkan. Hubungi administrator Puskesmas.",
    },
    {
      ask: "Mengapa tertulis “< 5” atau “–”?",
      answer: "“< 5” berarti kurang dari lima keluarga dan tidak ditampilkan demi kerahasiaan. “–” berarti belum ada data. Keduanya bukan nol.",
    },
    {
      ask: "Apa beda IKS sementara dan IKS terverifikasi?",
      answer: "IKS sementara menghitung data terkini. IKS terverifikasi hanya menghitung keluarga sebagaimana terakhir disetujui supervisor.",
    },
  ],
  contacts: "Kontak",
  signInForContacts: "Kontak dinas kesehatan dan pusat tampil setelah Anda masuk.",
  none: "Belum ada kontak yang dicatat. Hubungi administrator Puskesmas Anda.",
  call: (name: string) => `Telepon ${name}`,
  write: (name: string) => `WhatsApp ${name}`,
  mail: (name: string) => `Surel ${name}`,
  hours: "Jam layanan",
  updated: (time: string) => `Diperbarui ${time}`,
  edit: "Ubah kontak wilayah saya",
  name: "Nama",
  telephone: "Telepon",
  email: "Surel",
  addContact: "Tambah kontak",
  removeContact: (n: string) => `Hapus kontak ${n}`,
  contact: (n: string) => `Kontak ${n}`,
  helpText: "Teks bantuan (boleh kosong)",
  saved: "Kontak tersimpan.",
};
