// SPDX-License-Identifier: MIT
// Schema rows of `data`.
#include "core/base/config/schema_row.h"

namespace switchyard::config {
namespace {

void addAugmentRows(Rows& rows) {
    rows.push_back(SWITCHYARD_KEY(data.image.augment.crop)
                       .range(0.01, 1)
                       .text("Random crop", "least share of the area",
                             "A random crop keeps at least this share of the image. 1 means no crop."));
    rows.push_back(
        SWITCHYARD_KEY(data.image.augment.flip).text("Mirror", "", "Mirror left and right with probability 1/2."));
    rows.push_back(SWITCHYARD_KEY(data.image.augment.contrast)
                       .range(0, 1)
                       .text("Contrast", "+- factor", "The contrast is multiplied by 1 +- this much."));
    rows.push_back(SWITCHYARD_KEY(data.image.augment.brightness)
                       .range(0, 255)
                       .text("Brightness", "+- of 255", "Each colour is shifted by up to this much."));
    rows.push_back(
        SWITCHYARD_KEY(data.image.augment.token_drop)
            .range(0, 0.9)
            .text("Token drop", "probability", "Text tokens are left out with this probability in training."));
    rows.push_back(SWITCHYARD_KEY(data.image.augment.patch_drop)
                       .range(0, 0.9)
                       .text("Patch drop", "share",
                             "Share of the image patches that is left out in training; saves their compute."));
}

}  // namespace

void addDataRows(Rows& rows) {
    rows.push_back(
        SWITCHYARD_KEY(data.train)
            .text("Training files", "", "Files with the training samples, relative to the data folder: JSONL; COCO's captions; VQA "
                  "v2's questions and annotations; tar shards."));
    rows.push_back(SWITCHYARD_KEY(data.eval).text("Evaluation files", "",
                                                  "Files with held-out samples, relative to the data folder."));
    rows.push_back(SWITCHYARD_KEY(data.root).text(
        "Data folder", "",
        "Folder that files and image paths are relative to. ~/ is the home folder, @data/ the program's own data "
        "folder."));
    rows.push_back(SWITCHYARD_CHOICE(data.format, "jsonl", "synthetic", "tsv", "coco", "vqa2", "tar")
                       .text("Format", "",
                             "jsonl reads records with an image path and a text, one a line; synthetic makes coloured "
                             "shapes with captions from the seed; tsv reads GLUE's tables, for text tasks; "
                             "coco (captions) and vqa2 (questions) read those sets' files as published; tar reads "
                             "shards whose files of equal name are one sample."));
    rows.push_back(SWITCHYARD_KEY(data.tokenizer)
                       .text("Tokenizer", "",
                             "SentencePiece model, tokenizer.json, vocab.txt, or folder with vocab.json and merges.txt, "
                             "relative to the data folder. Empty takes that of model.text.init_from, or trains one on "
                             "the training texts at the start."));
    rows.push_back(SWITCHYARD_KEY(data.keyword_share)
                       .range(0, 1)
                       .text("Keyword captions", "share of draws",
                             "How often training shows a caption made from a record's keywords instead of one of its "
                             "own. 0 means never."));
    rows.push_back(SWITCHYARD_KEY(data.image.mean)
                       .range(-10, 10)
                       .text("Mean", "R, G, B", "Subtracted from pixel values, which lie in 0 to 1."));
    rows.push_back(SWITCHYARD_KEY(data.image.std)
                       .range(0, 10)
                       .text("Deviation", "R, G, B", "Pixel values are divided by this after the mean is subtracted."));
    rows.push_back(
        SWITCHYARD_CHOICE(data.image.fit, "pad", "stretch", "crop")
            .text("Fit", "",
                  "How an image is made square: with a border, by stretching, or by cutting the long side."));
    addAugmentRows(rows);
    rows.push_back(SWITCHYARD_KEY(data.synthetic.samples)
                       .range(2, 100000000)
                       .text("Samples", "", "Training samples of the synthetic format."));
    rows.push_back(SWITCHYARD_KEY(data.synthetic.eval_samples)
                       .range(2, 100000000)
                       .text("Evaluation samples", "", "Held-out samples of the synthetic format."));
    rows.push_back(
        SWITCHYARD_KEY(data.workers)
            .range(1, 256)
            .text("Decoding threads", "a rank", "Threads that read, decode and augment images ahead of the training."));
    rows.push_back(SWITCHYARD_KEY(data.cache)
                       .text("Picture cache", "",
                             "Keeps fitted pictures on the disk, for later steps, ranks and runs. auto does so where "
                             "they take more than 64 MiB and less than a quarter of the free space, and never for tar "
                             "and synthetic data; "
                             "true, false, or a folder to keep them in."));
}

}  // namespace switchyard::config
