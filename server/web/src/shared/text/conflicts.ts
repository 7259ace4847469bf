export const conflicts = {
  title: "Konflik",
  intro: "Dua orang mengisi isian yang sama tanpa melihat isian satu sama lain. Keduanya disimpan; yang terbaru ditampilkan sampai ada keputusan. Isian dengan satu nilai saja dibuat tanpa mengetahui bahwa anggota atau keluarganya sudah dikeluarkan: mempertahankannya tidak mengembalikan siapa pun. Bila keluarganya digabungkan dengan yang lain, gabungkan sekali lagi, maka isian itu ikut pindah.",
  none: "Tidak ada konflik yang menunggu.",
  shown: "ditampilkan",
  kept: "disimpan",
  by: (name: string, time: string) => `${name}, ${time}`,
  openFamily: "Buka keluarga",
  ofFamily: (n: string) => `${n} isian berbeda`,
  keys: "Dengan papan ketik, saat sebuah isian terpilih: ↑ ↓ pindah, angka 1, 2, … mempertahankan nilai itu.",
  keep: (n: string) => `${n} Pertahankan`,
  keepLabel: (n: string, value: string) => `${n} Pertahankan: ${value}`,
  settled: (label: string, value: string) => `${label}: ${value} dipertahankan.`,
};
