/** Titles of pages, for menu and window. */
export const titles = {
  signIn: "Masuk",
  activation: "Aktivasi akun",
  dashboard: "Dasbor",
  password: "Ganti kata sandi",
};
