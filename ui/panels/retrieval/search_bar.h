// SPDX-License-Identifier: GPL-3.0-or-later
// The top of the Retrieval page: what to search for, and how.
#pragma once

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLineEdit;
class QPushButton;

namespace switchyard::ui {

class DropZone;
class JoinRow;
class SegmentedControl;

/// Thread: GUI thread.
class SearchBar : public QWidget {
    Q_OBJECT
public:
    enum Mode { kTextToImage, kImageToText, kImageToImage };
    explicit SearchBar(QWidget* parent = nullptr);

    QString text() const;
    void setText(const QString& text);
    Mode mode() const;
    void setMode(Mode mode);  ///< without a signal
    int count() const;        ///< how many hits to show
    bool rerank() const;
    bool fold() const;
    /// Without a signal; a count that is not offered changes nothing.
    void setOptions(int count, bool rerank, bool fold);
    /// The last picture searched with, "" = none: what the Search button means without a text, and what a text can be
    /// joined with.
    void setPicture(const QString& name);
    JoinRow* join() const { return join_; }
    DropZone* dropZone() const { return drop_zone_; }
    QLineEdit* field() const { return field_; }
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void textSubmitted();     ///< Enter in the field, or the button in this mode
    void pictureSubmitted();  ///< the button while searching by picture
    void modeChanged();       ///< by the person
    void leaveDown();         ///< arrow down in the field
    void optionsChanged();    ///< count, re-ranking or folding

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    /// Width that the short text of the check box saves.
    int savedWidth() const;
    void updateButton();

    QLineEdit* field_;
    QPushButton* search_;
    SegmentedControl* mode_;
    QComboBox* count_;
    QCheckBox* rerank_;
    QCheckBox* fold_;
    DropZone* drop_zone_;
    JoinRow* join_;
    bool has_picture_ = false;
};

}  // namespace switchyard::ui
