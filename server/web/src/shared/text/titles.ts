/** Titles of pages, for menu and window. */
export const titles = {
  signIn: "Masuk",
  activation: "Aktivasi akun",
  dashboard: "Dasbor",
  family: "Keluarga",
  conflicts: "Konflik",
  quarantine: "Karantina",
  duplicates: "Ganda",
  apiReference: "Dokumentasi API",
  password: "Ganti kata sandi",
};
