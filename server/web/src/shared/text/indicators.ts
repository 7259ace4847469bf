/** Names of the twelve indicators, in order, as forms and results print them. */
export const indicators = [
  "Keluarga mengikuti program KB",
  "Ibu bersalin di fasilitas kesehatan",
  "Bayi mendapat imunisasi dasar lengkap",
  "Bayi mendapat ASI eksklusif",
  "Pemantauan pertumbuhan balita",
  "Penderita TB paru berobat sesuai standar",
  "Penderita hipertensi berobat teratur",
  "Penderita gangguan jiwa diobati dan tidak ditelantarkan",
  "Tidak ada anggota keluarga yang merokok",
  "Keluarga anggota JKN",
  "Akses sarana air bersih",
  "Akses/menggunakan jamban sehat",
] as const;
