export const help = {
  title: "Bantuan dan kontak",
  intro: "Untuk pertanyaan tentang akun, hubungi administrator Puskesmas Anda terlebih dahulu.",
};
