/** What the field app's help says; contacts are worded as on the server's pages. */
export const fieldHelp = {
  questions: [
    {
      ask: "Apakah data aman tanpa sinyal?",
      answer: "Ya. Setiap jawaban langsung tersimpan terkunci di perangkat ini. Tekan Kirim lalu “Sinkronkan sekarang” bila ada sinyal; yang terputus dilanjutkan, tidak diulang.",
    },
    {
      ask: "Apa arti “belum terkirim”, “perlu diperbaiki”, dan “menunggu supervisor”?",
      answer:
        "Belum terkirim: tersimpan di perangkat, menunggu sinyal. Perlu diperbaiki: server tidak menerima isian itu; alasannya tertulis di halaman Kirim. Menunggu supervisor: RT di luar penugasan Anda, supervisor akan memutuskan.",
    },
    {
      ask: "Keluarga saya dikembalikan.",
      answer: "Buka keluarga itu dari Hari ini, baca catatan supervisor, perbaiki, lalu ajukan lagi.",
    },
    {
      ask: "Ada bayi lahir, yang meninggal, atau yang pindah.",
      answer: "Buka keluarga itu, lalu pilih “Lahir atau datang” atau “Meninggal atau pindah”. Data yang keluar tetap tersimpan.",
    },
    {
      ask: "Orang lain memakai perangkat ini.",
      answer: "Tekan “Kunci atau ganti pengguna” di halaman Kirim. Data setiap pengguna terkunci dengan kata sandinya sendiri.",
    },
    {
      ask: "Saya lupa kata sandi.",
      answer: "Hubungi administrator Puskesmas. Data yang belum terkirim tidak hilang.",
    },
  ],
  blank: "Cetak formulir kosong",
};
