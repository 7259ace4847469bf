export const activation = {
  title: "Aktivasi akun",
  intro: "Isi nama pengguna dan kode sekali pakai dari kartu atau panduan aktivasi Anda, lalu buat kata sandi sendiri.",
  code: "Kode sekali pakai",
  nik: "NIK Anda (16 angka)",
  nikWhy: "Hanya untuk memastikan bahwa Andalah pemilik akun ini.",
  nikForm: "NIK terdiri dari 16 angka.",
  activate: "Aktifkan",
  done: "Akun Anda aktif. Silakan masuk dengan kata sandi baru.",
  toSignIn: "Ke halaman masuk",
};
