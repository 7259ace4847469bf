/** Titles of pages, for menu and window. */
export const titles = {
  signIn: "Masuk",
  activation: "Aktivasi akun",
  dashboard: "Dasbor",
  collection: "Pengumpulan",
  indicators: "Indikator",
  review: "Tinjauan",
  family: "Keluarga",
  conflicts: "Konflik",
  quarantine: "Karantina",
  duplicates: "Ganda",
  registration: "Pendaftaran",
  staff: "Akun",
  audit: "Jejak audit",
  help: "Bantuan",
  apiReference: "Dokumentasi API",
  password: "Ganti kata sandi",
};
