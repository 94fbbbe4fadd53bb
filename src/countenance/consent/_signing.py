"""Receipts under the library's signature: a compact JWS that anybody with the public key can check offline."""

from countenance.consent._receipt import Receipt
from countenance.errors import ReceiptInvalid, SealBroken
from countenance.seals import open_note, sign_jws, verify_jws

RECEIPT_MEDIA_TYPE = "vnd.countenance.receipt+jws"


def sign_receipt(receipt: Receipt, private_key: bytes) -> str:
    """Sign a receipt with a raw Ed25519 private key (32 bytes); gives a compact JWS."""
    return sign_jws(private_key, receipt.to_bytes(), media_type=RECEIPT_MEDIA_TYPE)


def verify_receipt(jws: str, *, public_key: bytes, library: str) -> Receipt:
    """Give the receipt if its signature holds, it is complete, and it was given to this library.

    A checkpoint in it must be of this library's ledger, and be signed by the same key.

    Raises:
        ReceiptInvalid: anything else.
    """
    try:
        payload = verify_jws(public_key, jws, media_type=RECEIPT_MEDIA_TYPE)
    except SealBroken as problem:
        raise ReceiptInvalid(f"the receipt does not verify: {problem.what}", remedy=problem.remedy) from problem
    receipt = Receipt.from_bytes(payload)
    if receipt.library != library:
        raise ReceiptInvalid("the receipt is of another library", remedy="open the library that it was given to")
    if receipt.ledger:
        try:
            open_note(receipt.checkpoint, name=receipt.ledger.origin, public_key=public_key)
        except SealBroken as problem:
            raise ReceiptInvalid(
                f"the receipt's checkpoint of the ledger does not verify: {problem.what}", remedy=problem.remedy
            ) from problem
    return receipt
