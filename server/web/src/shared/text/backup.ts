/** What the field app says of backup files. */
export const backup = {
  title: "Cadangan berkas",
  why: "Bila perangkat ini terancam rusak atau hilang: simpan yang belum terkirim ke berkas yang hanya dapat dibuka server, lalu serahkan kepada supervisor.",
  make: "Simpan cadangan",
  made: (name: string, changes: string) => `${name} disimpan: ${changes} perubahan. Serahkan kepada supervisor; bila terkirim dua kali, tidak tercatat ganda.`,
  left: (n: string) => `${n} yang ditolak server tidak ikut; perbaiki dahulu di halaman Kirim.`,
  carry: "Bawa cadangan perangkat lain",
  carryWhy: "Isinya terkunci bagi Anda. Diteruskan ke server pada sinkronisasi berikutnya.",
  choose: "Pilih berkas cadangan",
  carried: (n: string) => `Diterima: ${n} bagian baru.`,
  known: "Berkas ini sudah pernah diterima di perangkat ini.",
  files: "Berkas yang dibawa",
  file: (device: string, time: string) => `Perangkat ${device}, dibuat ${time}`,
  received: (done: string, all: string) => `diterima di sini, ${done} dari ${all} bagian sudah di server`,
  delivered: "sudah di server",
};
