/** Titles of pages, for menu and window. */
export const titles = {
  signIn: "Masuk",
  activation: "Aktivasi akun",
  dashboard: "Dasbor",
  apiReference: "Dokumentasi API",
  password: "Ganti kata sandi",
};
