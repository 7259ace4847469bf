/** Members of a family who become a family of their own. */
export const split = {
  open: "Pecah KK",
  title: "Pecah KK: menjadi keluarga sendiri",
  why: "Anggota yang dipilih menjadi keluarga baru. Jawaban mereka sampai sekarang tetap tersimpan di keluarga asal, dan keluarga baru didata tersendiri.",
  who: "Siapa yang berdiri sendiri?",
  head: "Siapa kepala keluarga baru?",
  since: "Berdiri sendiri sejak",
  sinceWhy: "Pendataan keluarga asal pada tanggal ini atau sesudahnya tidak menghitung mereka lagi.",
  sameBuilding: "Kosongkan bila tetap di bangunan yang sama.",
  familyNumber: "Nomor urut keluarga baru",
  later: "No. KK keluarga baru diisi setelah kartunya terbit.",
  nobodyStays: "Semua anggota dipilih. Bila seluruh keluarga pindah, catat kunjungan dengan hasil Pindah.",
  save: "Simpan keluarga baru",
  from: "Lihat keluarga asal (pecah KK)",
  left: "Berdiri sendiri (pecah KK)",
};
