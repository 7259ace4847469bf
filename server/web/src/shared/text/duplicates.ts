export const duplicates = {
  title: "Ganda",
  intro: "Keluarga yang memakai No. KK atau NIK yang sama. Bandingkan, lalu putuskan di lapangan mana yang benar.",
  none: "Tidak ada keluarga ganda.",
  nkk: "No. KK sama",
  nik: "NIK sama",
  elsewhere: (n: string) => `${n} keluarga lain di Puskesmas lain memakai nomor yang sama. Datanya tidak ditampilkan.`,
  openFamily: "Buka keluarga",
};
